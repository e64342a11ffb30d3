CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total integer NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
CREATE MATERIALIZED VIEW app.sums AS SELECT customer, max(total) AS total FROM app.orders GROUP BY customer WITH NO DATA;
CREATE VIEW app.most AS SELECT max(total) AS total FROM app.sums;
