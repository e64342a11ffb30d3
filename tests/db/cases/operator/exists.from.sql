CREATE SCHEMA app;
CREATE FUNCTION app.like_text(anynonarray, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1::text ~~ $2';
CREATE OPERATOR app.~~ (LEFTARG = anynonarray, RIGHTARG = text, FUNCTION = app.like_text);
COMMENT ON OPERATOR app.~~ (anynonarray, text) IS 'like, of anything';
CREATE TABLE app.t (id integer PRIMARY KEY);
INSERT INTO app.t VALUES (1);
CREATE VIEW app.v AS SELECT id FROM app.t WHERE id OPERATOR(app.~~) '1%';
