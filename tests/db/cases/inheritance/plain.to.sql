-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.pa (a integer, b text DEFAULT 'x', CONSTRAINT pos CHECK (a > 0));
CREATE TABLE app.pb (c integer);
CREATE TABLE app.kept (a integer);
CREATE TABLE app.kid (d integer, CONSTRAINT own CHECK (d > 0)) INHERITS (app.pa, app.pb);
INSERT INTO app.pa VALUES (7);
