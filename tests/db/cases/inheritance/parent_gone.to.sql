-- differences: 2
-- loses: app.m
CREATE SCHEMA app;
CREATE TABLE app.m1 (id integer NOT NULL, d date NOT NULL, v text DEFAULT 'p', n integer);
INSERT INTO app.m1 VALUES (1, '2020-05-05', 'x', 1);
