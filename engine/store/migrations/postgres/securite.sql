-- After each migration, by the tables' owner. Every table belongs to towns, and shows the rows of the transaction's only;
-- unset, or empty, it shows none. Written again without harm.
DO $$
DECLARE
    nom regclass;
BEGIN
    FOR nom IN
        SELECT c.oid FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
            AND c.relname NOT IN ('_sqlx_migrations', 'a_faire')
    LOOP
        IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = nom AND p.polname = 'sa_commune') THEN
            EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', nom);
            EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', nom);
            EXECUTE format($sql$
                CREATE POLICY sa_commune ON %s
                    USING (commune_id = NULLIF(current_setting('guichet.commune', true), ''))
                    WITH CHECK (commune_id = NULLIF(current_setting('guichet.commune', true), ''))
                $sql$, nom);
        END IF;
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, guichet_application', nom);
        EXECUTE format('GRANT SELECT, INSERT ON %s TO guichet_application', nom);
        -- what is only ever added to
        IF nom NOT IN ('journal'::regclass, 'publication'::regclass) THEN
            EXECUTE format('GRANT UPDATE, DELETE ON %s TO guichet_application', nom);
        END IF;
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON a_faire TO guichet_application;
GRANT SELECT ON _sqlx_migrations TO guichet_application;
