import * as tf from '@tensorflow/tfjs';
import { beforeAll, it } from 'vitest';
import { startBackend } from '../../lib/nn/backend';
import { layerNorm, normalize } from '../../lib/nn/layer-norm';
import { linear } from '../../lib/nn/linear';
import { normIntoLinear } from '../../lib/nn/norm-into-linear';
import { expectNoLeaks, expectTwins, wave } from './numbers';

beforeAll(async () => {
  await startBackend();
});

const [B, T, D, O] = [2, 3, 4, 5];
type Layer = (...tensors: tf.Tensor[]) => tf.Tensor;
const apart: Layer = (x, scale, shift, kernel, bias) =>
  linear({ kernel: kernel, bias: bias }, layerNorm({ scale: scale, shift: shift }, x as tf.Tensor3D));
const together: Layer = (x, scale, shift, kernel, bias) =>
  linear(
    normIntoLinear({ scale: scale, shift: shift }, { kernel: kernel, bias: bias }),
    normalize(x as tf.Tensor3D),
  );
const inputs = (): tf.Tensor[] => [wave(0, B, T, D), wave(1, D), wave(2, D), wave(3, D, O), wave(4, O)];

it('is the layer norm followed by the linear layer, in the value and in each gradient', () => {
  expectTwins(together, apart, inputs());
});

it('leaves no tensor behind', () => {
  expectNoLeaks((...tensors) => tf.tidy(() => together(...tensors)), inputs());
});
