CREATE SCHEMA §;
CREATE FUNCTION §.same(text, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2::text';
CREATE FUNCTION §.same_too(text, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $2::text = $1';
CREATE FUNCTION §.same(integer, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1::text = $2';
CREATE FUNCTION §.other(text, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 <> $2::text';
CREATE FUNCTION §.not_so(boolean) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT NOT $1';
CREATE OPERATOR §.=== (FUNCTION = «operator.procedure: §.same ¦ §.same_too», LEFTARG = text, RIGHTARG = integer «c=operator.commutator*: ¦ , COMMUTATOR = OPERATOR(§.===)» «n=operator.negator*: ¦ , NEGATOR = OPERATOR(§.!==)» «operator.restriction: ¦ , RESTRICT = eqsel» «operator.join_estimator: ¦ , JOIN = eqjoinsel» «operator.hashes: ¦ , HASHES» «operator.merges: ¦ , MERGES»);
CREATE OPERATOR §.=== (FUNCTION = §.same, LEFTARG = integer, RIGHTARG = text «c? ¦ , COMMUTATOR = OPERATOR(§.===)»);
CREATE OPERATOR §.!== (FUNCTION = §.other, LEFTARG = text, RIGHTARG = integer «n? ¦ , NEGATOR = OPERATOR(§.===)»);
COMMENT ON OPERATOR §.!== (text, integer) IS «operator.comment: NULL ¦ 'not the same'»;
«operator: CREATE OPERATOR §.!! (FUNCTION = §.not_so, RIGHTARG = boolean); ¦ »
CREATE TABLE §.t (id integer PRIMARY KEY, a text, CONSTRAINT t_check CHECK (NOT (a OPERATOR(§.===) 7)));
INSERT INTO §.t VALUES (1, 'x');
CREATE VIEW §.v AS SELECT id FROM §.t WHERE a OPERATOR(§.===) id;
CREATE FUNCTION §.uses(text) RETURNS boolean LANGUAGE sql RETURN $1 OPERATOR(§.!==) 3;
