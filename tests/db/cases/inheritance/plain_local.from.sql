CREATE SCHEMA app;
CREATE TABLE app.pa (a integer, b text DEFAULT 'x', CONSTRAINT pos CHECK (a > 0));
CREATE TABLE app.pb (c integer);
CREATE TABLE app.kept (a integer);
INSERT INTO app.pa VALUES (7);
