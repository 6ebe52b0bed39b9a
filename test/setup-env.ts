// Native log lines go to stderr unless this stands before the library is loaded.
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
