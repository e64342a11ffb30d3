-- differences: 2
CREATE SCHEMA app;
CREATE TABLE app.pa (a integer, b text DEFAULT 'x');
CREATE TABLE app.pb (c integer);
CREATE TABLE app.kid (a integer, b text DEFAULT 'x', c integer) INHERITS (app.pa, app.pb);
INSERT INTO app.kid (a, c) VALUES (1, 2);
INSERT INTO app.pa VALUES (7);
