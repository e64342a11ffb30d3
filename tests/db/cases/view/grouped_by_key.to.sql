-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint, CONSTRAINT orders_key PRIMARY KEY (id) INCLUDE (total), customer text NOT NULL, total integer NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
CREATE VIEW app.counts AS SELECT id, customer, count(*) AS number FROM app.orders GROUP BY id;
