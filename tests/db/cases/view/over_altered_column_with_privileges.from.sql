CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total integer NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
CREATE VIEW app.big AS SELECT id, customer, total FROM app.orders WHERE total > 50;
CREATE VIEW app.per_customer AS SELECT customer, sum(total) AS total FROM app.big GROUP BY customer;
COMMENT ON VIEW app.big IS 'large orders';
COMMENT ON COLUMN app.big.total IS 'in cents';
COMMENT ON VIEW app.per_customer IS 'sums';
ALTER VIEW app.big ALTER COLUMN total SET DEFAULT 51;
CREATE FUNCTION app.store() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO app.orders (id, customer, total) VALUES (NEW.id, NEW.customer, NEW.total);
    RETURN NEW;
END $$;
CREATE TRIGGER store INSTEAD OF INSERT ON app.big FOR EACH ROW EXECUTE FUNCTION app.store();
COMMENT ON TRIGGER store ON app.big IS 'writes orders';
CREATE RULE keep AS ON DELETE TO app.big DO INSTEAD NOTHING;
COMMENT ON RULE keep ON app.big IS 'nothing goes';
CREATE ROLE reader;
GRANT SELECT ON app.big TO reader;
GRANT UPDATE (customer) ON app.big TO reader WITH GRANT OPTION;
GRANT SELECT ON app.per_customer TO PUBLIC;
