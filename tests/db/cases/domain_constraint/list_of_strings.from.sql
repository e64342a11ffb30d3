CREATE SCHEMA app;
CREATE DOMAIN app.d AS varchar(20);
CREATE TABLE app.t (v app.d);
INSERT INTO app.t VALUES ('a');
ALTER DOMAIN app.d ADD CONSTRAINT one CHECK (VALUE IN ('a', 'b'));
