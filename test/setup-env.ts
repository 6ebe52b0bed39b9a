// Read when the library is loaded, and inherited by every process that a test starts.
// Native log lines go to stderr unless this stands there.
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
// The last bits of a number depend on these: fixed, whatever the machine and its calibration say.
process.env['TF_NUM_INTRAOP_THREADS'] = '2';
process.env['TF_NUM_INTEROP_THREADS'] = '2';
process.env['TF_ENABLE_ONEDNN_OPTS'] = '1';
