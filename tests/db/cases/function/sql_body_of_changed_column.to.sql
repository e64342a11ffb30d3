CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v bigint);
CREATE FUNCTION app.f(a integer) RETURNS text BEGIN ATOMIC SELECT v::text FROM app.t WHERE id = a; END;
COMMENT ON FUNCTION app.f(integer) IS 'by number';
INSERT INTO app.t VALUES (1, 7);
