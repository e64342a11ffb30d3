-- differences: 1
-- loses: app.m.extra, app.m1.extra, app.m2.extra
CREATE SCHEMA app;
CREATE TABLE app.m (id integer NOT NULL, d date NOT NULL, v text DEFAULT 'p', n integer) PARTITION BY RANGE (d);
CREATE TABLE app.m1 PARTITION OF app.m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE app.m2 PARTITION OF app.m FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
ALTER TABLE app.m ADD COLUMN extra text DEFAULT 'e';
INSERT INTO app.m (id, d, v, n) VALUES (1, '2020-05-05', 'x', 1);
