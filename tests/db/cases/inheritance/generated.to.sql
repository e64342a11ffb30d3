-- differences: 1
-- loses: app.m.b, app.m1.b
CREATE SCHEMA app;
CREATE TABLE app.m (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED) PARTITION BY LIST (a);
CREATE TABLE app.m1 PARTITION OF app.m FOR VALUES IN (1);
CREATE INDEX m1_b ON app.m1 (b);
INSERT INTO app.m (a) VALUES (1);
