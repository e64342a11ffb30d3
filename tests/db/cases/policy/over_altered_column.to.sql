-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total bigint NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY;
CREATE ROLE reader;
CREATE ROLE "Wri""ter";
CREATE POLICY cheap ON app.orders AS RESTRICTIVE FOR UPDATE TO reader USING (total < 100) WITH CHECK (total < 100);
COMMENT ON POLICY cheap ON app.orders IS 'cheap';
CREATE POLICY own ON app.orders USING (customer = CURRENT_USER);
