-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.pa (a bigint, b text DEFAULT 'x', CONSTRAINT pos CHECK (a > 0));
CREATE TABLE app.pb (c integer);
CREATE TABLE app.kid (d integer) INHERITS (app.pa);
INSERT INTO app.kid (a) VALUES (1);
