CREATE SCHEMA §;
CREATE FUNCTION §.add(bigint, integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE FUNCTION §.take(bigint, integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE FUNCTION §.sum(bigint, integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $2 + $1';
CREATE FUNCTION §.both(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE FUNCTION §.last(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION §.last_of(bigint, integer) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE AGGREGATE §.total(integer) (
  SFUNC = «aggregate.state_function: §.add ¦ §.sum», STYPE = bigint, INITCOND = «aggregate.initial: '0' ¦ '1'»
  «aggregate.state_space: ¦ , SSPACE = 16»«f=aggregate.final_function*: ¦ , FINALFUNC = §.last»«f? ¦ «aggregate.final_modify: ¦ , FINALFUNC_MODIFY = SHAREABLE»»
  «aggregate.combine_function: ¦ , COMBINEFUNC = §.both»«aggregate.parallel: ¦ , PARALLEL = SAFE»
);
COMMENT ON AGGREGATE §.total(integer) IS «aggregate.comment: NULL ¦ 'adds up'»;
CREATE AGGREGATE §.extra(integer) (SFUNC = §.add, STYPE = bigint, INITCOND = '0', FINALFUNC = «x=aggregate.final_extra*: §.last ¦ §.last_of»«x? ¦ , FINALFUNC_EXTRA»);
CREATE AGGREGATE §.moving(integer) (SFUNC = §.add, STYPE = bigint, INITCOND = '0',
  MSFUNC = «aggregate.moving_state_function: §.add ¦ §.sum», MINVFUNC = «aggregate.moving_inverse_function: §.take ¦ §.add», MSTYPE = bigint, MINITCOND = «aggregate.moving_initial: '0' ¦ '5'»
  «aggregate.moving_state_space: ¦ , MSSPACE = 24»«m=aggregate.moving_final_function*: ¦ , MFINALFUNC = §.last»«m? ¦ «aggregate.moving_final_modify: ¦ , MFINALFUNC_MODIFY = READ_WRITE»»);
CREATE AGGREGATE §.moving_extra(integer) (SFUNC = §.add, STYPE = bigint, INITCOND = '0',
  MSFUNC = §.add, MINVFUNC = §.take, MSTYPE = bigint, MINITCOND = '0', MFINALFUNC = «y=aggregate.moving_final_extra*: §.last ¦ §.last_of»«y? ¦ , MFINALFUNC_EXTRA»);
CREATE AGGREGATE §.least(integer) (SFUNC = int4smaller, STYPE = integer, SORTOP = «aggregate.sort_operator: < ¦ >»);
CREATE AGGREGATE §.moved(numeric) (SFUNC = numeric_avg_accum, STYPE = internal, FINALFUNC = numeric_avg, COMBINEFUNC = numeric_avg_combine
  «aggregate.serial_function*: ¦ , SERIALFUNC = numeric_avg_serialize, DESERIALFUNC = numeric_avg_deserialize»);
CREATE AGGREGATE §.rank_of(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA«aggregate.hypothetical: , HYPOTHETICAL ¦ »);
CREATE AGGREGATE §.typed(integer) (SFUNC = «s=aggregate.state_type*: int4pl ¦ int84pl», STYPE = «s? integer ¦ bigint», INITCOND = '0', MINITCOND = '0', MSFUNC = «s? int4pl ¦ int84pl», MINVFUNC = «s? int4mi ¦ int84mi», MSTYPE = «s? integer ¦ bigint»);
CREATE AGGREGATE §.named(«aggregate.arguments: a ¦ b» integer) (SFUNC = int4pl, STYPE = integer);
«aggregate: CREATE AGGREGATE §.gone(integer) (SFUNC = int4pl, STYPE = integer); ¦ »
CREATE TABLE §.numbers (n integer);
INSERT INTO §.numbers VALUES (1), (2);
«view: CREATE VIEW §.totals AS SELECT §.total(n) AS total, §.least(n) FROM §.numbers; ¦ »
