/** The rules of this house that no linter has, for oxlint: where the clock is, and which part of MongoDB is ours. */

/** Not portable between MongoDB, DocumentDB and FerretDB (spec/README.md, Storage). */
const foreignOperator = /^\$(lookup|where|text|facet|merge|graphLookup|setWindowFields|unionWith|expr|exists|nin|nor|not|ne)$/;
const foreignCall = /^(startSession|withTransaction|watch)$/;
const foreignOption = /^(arrayFilters|partialFilterExpression|expireAfterSeconds|sparse|collation)$/;

const nameOf = (key) => (key.type === 'Identifier' ? key.name : String(key.value));
const isMember = (node, object, property) =>
  node.type === 'MemberExpression' && node.object.name === object && node.property.name === property;

const clock = rule('The clock, randomness and the environment each have one place: rules take asOf, shells take `now`.', (refuse) => ({
  CallExpression(node) {
    if (isMember(node.callee, 'Date', 'now') || isMember(node.callee, 'Math', 'random')) refuse(node);
  },
  NewExpression(node) {
    if (node.callee.name === 'Date' && node.arguments.length === 0) refuse(node);
  },
  MemberExpression(node) {
    if (isMember(node, 'process', 'env')) refuse(node);
  },
}));

const portableMongodb = rule('Outside the portable subset of MongoDB (spec/README.md, Storage).', (refuse) => ({
  CallExpression(node) {
    if (foreignCall.test(node.callee.property?.name)) refuse(node);
  },
  Property(node) {
    const name = nameOf(node.key);
    if (foreignOperator.test(name) || foreignOption.test(name)) refuse(node);
  },
}));

export default { meta: { name: 'house' }, rules: { clock, 'portable-mongodb': portableMongodb } };

function rule(message, visitors) {
  return { create: (context) => visitors((node) => context.report({ node, message })) };
}
