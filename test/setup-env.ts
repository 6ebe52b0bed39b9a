import fc from 'fast-check';

// Read when the library is loaded, and inherited by every process that a test starts.
// Native log lines go to stderr unless this stands there.
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
// The last bits of a number depend on these: fixed, whatever the machine and its calibration say.
process.env['TF_NUM_INTRAOP_THREADS'] = '2';
process.env['TF_NUM_INTEROP_THREADS'] = '2';
process.env['TF_ENABLE_ONEDNN_OPTS'] = '1';

// The same check says the same twice, so properties draw from one seed. To hunt for more, see "Tests" in CONTRIBUTING.md.
fc.configureGlobal({
  seed: Number(process.env['PROPERTY_SEED'] ?? 1),
  numRuns: Number(process.env['PROPERTY_RUNS'] ?? 100),
});
