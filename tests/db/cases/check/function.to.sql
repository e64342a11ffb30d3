-- differences: 3
CREATE SCHEMA app;
CREATE FUNCTION app.g(integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 1';
CREATE TABLE app.t (b integer, CONSTRAINT k CHECK (app.g(b)));
INSERT INTO app.t VALUES (5);
