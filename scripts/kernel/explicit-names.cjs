// tslab turns the names of earlier cells into properties of `exports`, and gets two places wrong: in `{ points }` it leaves
// the name, which then is not defined, and in `const { caught: found } = ...` it turns a property's name into a variable.
const ts = require('@tslab/typescript-for-tslab');

/**
 * Write `{ points }` as `{ points: points }` and `const { caught: found }` as `const { "caught": found }`: the same
 * meaning in a form that tslab handles. Lines stay where they are; code that does not parse comes back unchanged.
 *
 * @param {string} code
 * @returns {string}
 */
function withExplicitNames(code) {
  const source = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  if (source.parseDiagnostics.length > 0) return code;
  /** @type {{ at: number, length: number, text: string }[]} */
  const edits = [];
  const visit = (node) => {
    if (ts.isShorthandPropertyAssignment(node)) {
      edits.push({ at: node.name.end, length: 0, text: `: ${node.name.text}` });
    } else if (ts.isBindingElement(node) && node.propertyName && ts.isIdentifier(node.propertyName)) {
      const { text } = node.propertyName;
      const at = node.propertyName.getStart(source);
      edits.push({ at, length: node.propertyName.end - at, text: JSON.stringify(text) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  edits.sort((a, b) => b.at - a.at);
  return edits.reduce(
    (text, { at, length, text: put }) => text.slice(0, at) + put + text.slice(at + length),
    code,
  );
}

module.exports = { withExplicitNames };
