-- differences: 2
-- loses: app.pa.b, app.kid.b
CREATE SCHEMA app;
CREATE TABLE app.pa (a integer, CONSTRAINT pos CHECK (a > 0));
CREATE TABLE app.pb (c integer);
CREATE TABLE app.kid (a integer, c integer, CONSTRAINT pos CHECK (a > 0)) INHERITS (app.pa, app.pb);
INSERT INTO app.kid (a, c) VALUES (1, 2);
INSERT INTO app.pa VALUES (7);
