-- differences: 0
CREATE SCHEMA app;
CREATE TABLE app.t (c integer, gone integer, a integer, b integer);
ALTER TABLE app.t DROP COLUMN gone;
INSERT INTO app.t (a, b, c) VALUES (1, 2, 3);
