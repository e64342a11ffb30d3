CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total integer NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
CREATE VIEW app.big AS SELECT id, customer, total FROM app.orders WHERE total > 50;
CREATE FUNCTION app.worth(app.big) RETURNS bigint LANGUAGE sql AS 'SELECT $1.total * 2';
COMMENT ON FUNCTION app.worth(app.big) IS 'double';
CREATE VIEW app.worths AS SELECT app.worth(b) AS worth FROM app.big AS b;
