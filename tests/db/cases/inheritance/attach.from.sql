CREATE SCHEMA app;
CREATE TABLE app.m (id integer NOT NULL, d date NOT NULL, v text DEFAULT 'p', n integer) PARTITION BY RANGE (d);
CREATE TABLE app.m1 PARTITION OF app.m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE app.m2 (id integer NOT NULL, d date NOT NULL, v text DEFAULT 'p', n integer);
INSERT INTO app.m VALUES (1, '2020-05-05', 'x', 1);
INSERT INTO app.m2 VALUES (2, '2021-05-05', 'y', 2);
