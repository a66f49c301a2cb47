import {
  AliasNode,
  BinaryOperationNode,
  ColumnNode,
  type DeleteQueryNode,
  IdentifierNode,
  type InsertQueryNode,
  type JoinNode,
  type KyselyPlugin,
  OnConflictNode,
  OnNode,
  type OperationNode,
  OperationNodeTransformer,
  OperatorNode,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  PrimitiveValueListNode,
  type QueryResult,
  ReferenceNode,
  type RootOperationNode,
  type SelectQueryNode,
  TableNode,
  type UnknownRow,
  type UpdateQueryNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
  WhereNode,
} from 'kysely'

/** What a query touched: the source of topics, so that nobody writes invalidation by hand. */
export interface Touched {
  readonly read: Set<string>
  readonly changed: Set<string>
}

export function nothingTouched(): Touched {
  return { read: new Set(), changed: new Set() }
}

/**
 * Confines every query to one workspace and notes the tables that it reads and changes. A condition on the
 * workspace is added to every table of a select, join, update and delete, and the column to every insert, so
 * that a command's author cannot forget it.
 */
export class WorkspaceScope implements KyselyPlugin {
  readonly #transformer: ScopeTransformer

  constructor(workspace: string, tables: ReadonlySet<string>, touched: Touched) {
    this.#transformer = new ScopeTransformer(workspace, tables, touched)
  }

  transformQuery(args: PluginTransformQueryArgs): RootOperationNode {
    return this.#transformer.transformNode(args.node)
  }

  async transformResult(args: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return args.result
  }
}

class ScopeTransformer extends OperationNodeTransformer {
  readonly #workspace: string
  readonly #tables: ReadonlySet<string>
  readonly #touched: Touched

  constructor(workspace: string, tables: ReadonlySet<string>, touched: Touched) {
    super()
    this.#workspace = workspace
    this.#tables = tables
    this.#touched = touched
  }

  protected override transformSelectQuery(node: SelectQueryNode): SelectQueryNode {
    const query = super.transformSelectQuery(node)
    return this.#filtered(query, [...(node.from?.froms ?? []), ...crossed(node.joins)])
  }

  protected override transformJoin(node: JoinNode): JoinNode {
    const join = super.transformJoin(node)
    const condition = node.joinType === 'CrossJoin' ? undefined : this.#condition(node.table)
    if (!condition) return join
    return {
      ...join,
      on: join.on ? OnNode.cloneWithOperation(join.on, 'And', condition) : OnNode.create(condition),
    }
  }

  protected override transformUpdateQuery(node: UpdateQueryNode): UpdateQueryNode {
    const query = super.transformUpdateQuery(node)
    const targets = [...(node.table ? [node.table] : []), ...(node.from?.froms ?? []), ...crossed(node.joins)]
    this.#change(node.table)
    return this.#filtered(query, targets)
  }

  protected override transformDeleteQuery(node: DeleteQueryNode): DeleteQueryNode {
    const query = super.transformDeleteQuery(node)
    for (const from of node.from.froms) this.#change(from)
    return this.#filtered(query, [...node.from.froms, ...(node.using?.tables ?? []), ...crossed(node.joins)])
  }

  protected override transformInsertQuery(node: InsertQueryNode): InsertQueryNode {
    const query = super.transformInsertQuery(node)
    const name = node.into ? tableName(node.into) : undefined
    if (name === undefined || !this.#tables.has(name)) return query
    if (node.replace || node.orAction)
      // It would remove rows without their triggers, and with a conflict policy that triggers inherit.
      throw new Error(`an insert into ${name} must not replace: use on conflict`)
    this.#touched.changed.add(name)
    if (!query.columns || !query.values || !ValuesNode.is(query.values)) {
      throw new Error(`an insert into ${name} must list its rows: insert … select cannot be scoped`)
    }
    const at = query.columns.findIndex(column => column.column.name === 'workspace')
    const columns = at < 0 ? [ColumnNode.create('workspace'), ...query.columns] : query.columns
    const rows = query.values.values.map(row => {
      if (PrimitiveValueListNode.is(row))
        return PrimitiveValueListNode.create(put(row.values, at, this.#workspace))
      return ValueListNode.create(put((row as ValueListNode).values, at, ValueNode.create(this.#workspace)))
    })
    return { ...query, columns, values: ValuesNode.create(rows) }
  }

  protected override transformOnConflict(node: OnConflictNode): OnConflictNode {
    const conflict = super.transformOnConflict(node)
    if (!conflict.columns) return conflict
    return OnConflictNode.cloneWith(conflict, {
      columns: [ColumnNode.create('workspace'), ...conflict.columns],
    })
  }

  protected override transformMergeQuery(): never {
    throw new Error('merge cannot be scoped, and SQLite does not have it: use insert with on conflict')
  }

  #filtered<T extends { where?: WhereNode }>(query: T, tables: readonly OperationNode[]): T {
    let where = query.where
    for (const table of tables) {
      const condition = this.#condition(table)
      if (!condition) continue
      where = where ? WhereNode.cloneWithOperation(where, 'And', condition) : WhereNode.create(condition)
    }
    return where ? { ...query, where } : query
  }

  #condition(table: OperationNode): OperationNode | undefined {
    const name = tableName(table)
    if (name === undefined || !this.#tables.has(name)) return undefined
    this.#touched.read.add(name)
    return BinaryOperationNode.create(
      ReferenceNode.create(ColumnNode.create('workspace'), TableNode.create(aliasOf(table) ?? name)),
      OperatorNode.create('='),
      ValueNode.create(this.#workspace),
    )
  }

  #change(table: OperationNode | undefined): void {
    const name = table && tableName(table)
    if (name !== undefined && this.#tables.has(name)) this.#touched.changed.add(name)
  }
}

/** The tables of cross joins, which have no condition of their own: the query gets it. */
function crossed(joins: readonly JoinNode[] | undefined): OperationNode[] {
  return (joins ?? []).filter(join => join.joinType === 'CrossJoin').map(join => join.table)
}

function put<T>(values: readonly T[], at: number, workspace: T): T[] {
  return at < 0 ? [workspace, ...values] : values.map((value, index) => (index === at ? workspace : value))
}

function tableName(node: OperationNode): string | undefined {
  if (AliasNode.is(node)) return tableName(node.node)
  return TableNode.is(node) ? node.table.identifier.name : undefined
}

function aliasOf(node: OperationNode): string | undefined {
  return AliasNode.is(node) && IdentifierNode.is(node.alias) ? node.alias.name : undefined
}
