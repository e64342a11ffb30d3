-- differences: 1
-- privileges
CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total bigint NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
CREATE MATERIALIZED VIEW app.sums AS SELECT customer, sum(total) AS total FROM app.orders GROUP BY customer;
CREATE UNIQUE INDEX sums_key ON app.sums (customer);
COMMENT ON INDEX app.sums_key IS 'one each';
COMMENT ON MATERIALIZED VIEW app.sums IS 'sums';
COMMENT ON COLUMN app.sums.total IS 'of all';
ALTER MATERIALIZED VIEW app.sums ALTER COLUMN customer SET STORAGE EXTERNAL;
CREATE MATERIALIZED VIEW app.best AS SELECT max(total) AS total FROM app.sums;
CREATE VIEW app.names AS SELECT customer FROM app.sums;
CREATE ROLE reader;
GRANT SELECT ON app.sums TO reader;
