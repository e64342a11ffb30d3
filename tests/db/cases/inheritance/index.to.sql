-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.m (id integer NOT NULL, d date NOT NULL, v text DEFAULT 'p', n integer) PARTITION BY RANGE (d);
CREATE TABLE app.m1 PARTITION OF app.m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX m_n ON app.m (n, v);
INSERT INTO app.m VALUES (1, '2020-05-05', 'x', 1);
