-- differences: 1
-- loses: app.m, app.o
CREATE SCHEMA app;
CREATE TABLE app.m (id integer NOT NULL, d date NOT NULL, v text DEFAULT 'p', n integer) PARTITION BY RANGE (d);
CREATE TABLE app.o (id integer NOT NULL, d date NOT NULL, v text DEFAULT 'p', n integer) PARTITION BY RANGE (d);
CREATE TABLE app.m1 PARTITION OF app.o FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
INSERT INTO app.m1 VALUES (1, '2020-05-05', 'x', 1);
