CREATE SCHEMA app;
CREATE TABLE app.m (id integer NOT NULL, d date NOT NULL, v text DEFAULT 'p', n integer);
CREATE INDEX m_n ON app.m (n);
INSERT INTO app.m VALUES (1, '2020-05-05', 'x', 1);
