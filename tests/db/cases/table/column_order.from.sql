CREATE SCHEMA app;
CREATE TABLE app.t (a integer, b integer, c integer);
INSERT INTO app.t (a, b, c) VALUES (1, 2, 3);
