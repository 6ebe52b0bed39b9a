// Loads the native library in a process of its own and computes something with it: a library for another processor
// takes its process down. Prints what it is, as JSON. Argument: the project folder.
const path = require('node:path');
const { createRequire } = require('node:module');
const util = require('node:util');

util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
const tf = createRequire(path.join(process.argv[2], 'package.json'))('@tensorflow/tfjs-node-gpu');
const product = tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0];
if (product !== 11) throw new Error(`the library multiplies wrongly: ${product} instead of 11`);
const { binding, isUsingGpuDevice } = tf.backend();
console.log(JSON.stringify({ tensorflowVersion: binding.TF_Version, isUsingGpuDevice }));
