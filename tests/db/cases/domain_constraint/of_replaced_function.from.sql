CREATE SCHEMA app;
CREATE FUNCTION app.is_even(number integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 % 2 = 0';
CREATE DOMAIN app.even AS integer CONSTRAINT even CHECK (app.is_even(VALUE));
COMMENT ON CONSTRAINT even ON DOMAIN app.even IS 'two by two';
CREATE TABLE app.t (v app.even);
INSERT INTO app.t VALUES (2), (4);
