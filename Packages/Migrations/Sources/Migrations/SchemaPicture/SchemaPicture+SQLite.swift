import Persistence

extension SchemaPicture {
    /// Each gives `kind`, `owner`, `name`, `definition`, for columns `type`, and `is_text` where blanks mean nothing.
    ///
    /// Names of constraints stand only in the text of the table's statement, which is therefore part of the picture.
    static let sqliteQueries: [SQL] = [
        """
        SELECT 'table' AS kind, name AS owner, name, 'table' AS definition
        FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        """,
        """
        SELECT CASE type WHEN 'table' THEN 'statement' ELSE type END AS kind,
            CASE type WHEN 'view' THEN '' ELSE tbl_name END AS owner, name, sql AS definition, 1 AS is_text
        FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        """,
        """
        SELECT 'column' AS kind, m.name AS owner, c.name, c.type AS type,
            c.type || CASE WHEN c."notnull" THEN ' NOT NULL' ELSE '' END || coalesce(' DEFAULT ' || c.dflt_value, '')
                || CASE WHEN c.pk > 0 THEN ' PRIMARY KEY ' || c.pk ELSE '' END
                || CASE WHEN c.hidden > 0 THEN ' GENERATED ' || c.hidden ELSE '' END AS definition
        FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS c
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        """,
        """
        SELECT 'order of columns' AS kind, owner, owner AS name, group_concat(member, ', ') AS definition FROM (
            SELECT m.name AS owner, c.name AS member FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS c
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY m.name, c.cid
        ) GROUP BY owner
        """,
        """
        SELECT 'columns of index' AS kind, owner, name,
            CASE WHEN is_unique THEN 'UNIQUE ' ELSE '' END || origin || CASE WHEN partial THEN ' PARTIAL' ELSE '' END
                || ' (' || group_concat(member, ', ') || ')' AS definition
        FROM (
            SELECT m.name AS owner, l.name AS name, l."unique" AS is_unique, l.origin AS origin, l.partial AS partial,
                coalesce(i.name, 'expression') AS member
            FROM sqlite_master AS m, pragma_index_list(m.name) AS l, pragma_index_info(l.name) AS i
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY m.name, l.name, i.seqno
        ) GROUP BY owner, name, is_unique, origin, partial
        """,
        """
        SELECT 'reference' AS kind, owner, 'to ' || target || ' (' || group_concat(member, ', ') || ')' AS name,
            group_concat(coalesce(goal, 'key'), ', ') || ' ON UPDATE ' || on_update || ' ON DELETE ' || on_delete AS definition
        FROM (
            SELECT m.name AS owner, k.id AS number, k."table" AS target, k."from" AS member, k."to" AS goal,
                k.on_update AS on_update, k.on_delete AS on_delete
            FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS k
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY m.name, k.id, k.seq
        ) GROUP BY owner, number, target, on_update, on_delete
        """,
    ]
}
