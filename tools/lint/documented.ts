/**
 * Finds exported functions, classes, types and values that have no docstring. Their members are left alone: `deno doc --lint` would ask
 * for a sentence on each, and `readonly segment: number` needs none.
 */
const documented: Deno.lint.Rule = {
  create(context) {
    const { sourceCode } = context;
    const seen = new Set<string>();
    return {
      ExportNamedDeclaration(node) {
        if (node.parent.type !== "Program") return; // a declaration of somebody else's module
        const name = declaredName(node.declaration);
        if (name === undefined || seen.has(name)) return; // the first of several overloads speaks for all
        seen.add(name);
        const doc = sourceCode.getCommentsBefore(node).findLast(isDoc);
        if (doc && onlyLineComments(sourceCode.text.slice(doc.range[1], node.range[0]))) return;
        context.report({
          node,
          message: `Cannot export ${name} without a docstring: say in a sentence what it is for`,
        });
      },
    };
  },
};

export default documented;

function declaredName(declaration: Deno.lint.ExportNamedDeclaration["declaration"]): string | undefined {
  if (declaration === null) return undefined;
  const id = declaration.type === "VariableDeclaration" ? declaration.declarations[0]?.id : declaration.id;
  return id?.type === "Identifier" ? id.name : undefined;
}

function isDoc(comment: Deno.lint.LineComment | Deno.lint.BlockComment): boolean {
  return comment.type === "Block" && comment.value.startsWith("*");
}

function onlyLineComments(text: string): boolean {
  return /^(\s|\/\/.*)*$/.test(text);
}
