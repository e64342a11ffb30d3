-- differences: 1
CREATE SCHEMA app;
CREATE OPERATOR app.>>> (FUNCTION = int4gt, LEFTARG = integer, RIGHTARG = integer);
CREATE OPERATOR app.<<< (FUNCTION = int4lt, LEFTARG = integer, RIGHTARG = integer);
CREATE OPERATOR CLASS app.other_ops FOR TYPE integer USING btree AS OPERATOR 1 app.<<<, OPERATOR 3 =, OPERATOR 5 app.>>>, FUNCTION 1 btint4cmp(integer, integer);
CREATE TABLE app.t (id integer PRIMARY KEY, v integer);
INSERT INTO app.t VALUES (1, 5), (2, 6);
CREATE AGGREGATE app.a(integer) (SFUNC = int4larger, STYPE = integer, SORTOP = OPERATOR(app.>>>));
CREATE VIEW app.total AS SELECT app.a(v) AS total FROM app.t;
