CREATE SCHEMA app;
CREATE TABLE app.pa (a integer, b text DEFAULT 'x', CONSTRAINT pos CHECK (a > 0));
CREATE TABLE app.pb (c integer);
CREATE TABLE app.kid (a integer, b text DEFAULT 'x', c integer, CONSTRAINT pos CHECK (a > 0)) INHERITS (app.pa, app.pb);
INSERT INTO app.kid (a, c) VALUES (1, 2);
INSERT INTO app.pa VALUES (7);
