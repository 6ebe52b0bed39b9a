import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../../base/random';
import { weight } from '../../base/tree';
import { embedding } from '../../nn/embedding';
import { valuesOf, type Fields, type FieldTensors } from './fields';

/** Of each field a table `[size, O]`, or for numbers a kernel `[values, O]`. */
export type FieldTables = Readonly<Record<string, tf.Variable<tf.Rank.R2>>>;

/**
 * Draw a table for each field: normal with the standard deviation given; row 0 of codes, none or not known, is zero and stays so.
 *
 * @param width O, 1 for weights
 * @param deviation 0 for weights that start at zero
 */
export function initFieldTables(fields: Fields, width: number, deviation: number, rng: Rng): FieldTables {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const own = rng.child('field', name);
      const rows = 'size' in field ? field.size : valuesOf(field);
      const padding = 'size' in field ? width : 0;
      const values = Float32Array.from({ length: rows * width }, (_, place) =>
        place < padding ? 0 : deviation * own.normal(),
      );
      return [name, weight<tf.Rank.R2>(values, [rows, width])];
    }),
  );
}

/**
 * One vector for each field of each row: that of its code, the mean of those of its codes, or its numbers times the field's kernel.
 *
 * @returns `[N, F, O]`, fields in their order
 * @source Rendle, "Factorization Machines", ICDM 2010, section IV (kinds of features); Covington, Adams & Sargin, "Deep Neural Networks for
 *   YouTube Recommendations", RecSys 2016, section 3.2 (the mean of what was watched).
 */
export function fieldVectors(tables: FieldTables, fields: Fields, batch: FieldTensors): tf.Tensor3D {
  return tf.tidy(() => {
    const vectors = Object.entries(fields).map(([name, field]): tf.Tensor2D => {
      const [table, values] = [tables[name]!, batch[name]!];
      switch (field.kind) {
        case 'category':
          return embedding(table, values) as tf.Tensor2D;
        case 'categories': {
          const sum_NO = tf.sum(embedding(table, values), 1);
          const count_N1 = tf.sum(tf.cast(tf.notEqual(values, 0), 'float32'), 1, true);
          return tf.div(sum_NO, tf.maximum(count_N1, 1));
        }
        case 'number':
          return tf.matMul(tf.reshape<tf.Rank.R2>(values, [-1, 1]), table);
        case 'vector':
          return tf.matMul<tf.Tensor2D>(values, table);
      }
    });
    return tf.stack(vectors, 1) as tf.Tensor3D;
  });
}
