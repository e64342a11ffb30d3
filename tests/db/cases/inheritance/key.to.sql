-- differences: 2
CREATE SCHEMA app;
CREATE TABLE app.m (id integer NOT NULL, d date NOT NULL, v text DEFAULT 'p', n integer) PARTITION BY LIST (v);
CREATE TABLE app.m1 PARTITION OF app.m FOR VALUES IN ('x');
CREATE INDEX m_n ON app.m (n);
INSERT INTO app.m VALUES (1, '2020-05-05', 'x', 1);
