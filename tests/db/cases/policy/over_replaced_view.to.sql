-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total integer NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY;
CREATE ROLE reader;
CREATE ROLE "Wri""ter";
CREATE TABLE app.log (id bigint, what text);
INSERT INTO app.log VALUES (1, 'made');
CREATE VIEW app.mine AS SELECT customer, id FROM app.orders;
CREATE POLICY p ON app.log USING (id IN (SELECT id FROM app.mine));
