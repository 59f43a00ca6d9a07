/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnDocument: an open model with its history; everything changes it through one door. */
#include "document/tn-document.h"

#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "document/tn-history.h"
#include "scene/tn-scene.h"

struct _TnDocument
{
  GObject parent_instance;

  /* owned */
  TnHistory *history;
  GArray *selection; /* of TnNodeId, sorted */
  char *path;
  char *title;

  /* state */
  guint64 generation;
  guint64 saved; /* serial of the graph that is in the file; 0: none is */
  guint64 last_merge;
  /* as last told to those who watch the properties */
  gboolean could_undo;
  gboolean could_redo;
  gboolean was_modified;
};

enum
{
  PROP_0,
  PROP_CAN_UNDO,
  PROP_CAN_REDO,
  PROP_MODIFIED,
  PROP_TITLE,
  PROP_PATH,
  N_PROPS,
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

/* Ids that GObject gives out once. */
static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TnDocument, tn_document, G_TYPE_OBJECT)

/* ---- the object ---- */

static void
tn_document_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TnDocument *self = TN_DOCUMENT (object);

  switch (id)
    {
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, tn_document_can_undo (self));
      break;
    case PROP_CAN_REDO:
      g_value_set_boolean (value, tn_document_can_redo (self));
      break;
    case PROP_MODIFIED:
      g_value_set_boolean (value, tn_document_is_modified (self));
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tn_document_finalize (GObject *object)
{
  TnDocument *self = TN_DOCUMENT (object);

  tn_history_free (self->history);
  g_array_unref (self->selection);
  g_free (self->path);
  g_free (self->title);
  G_OBJECT_CLASS (tn_document_parent_class)->finalize (object);
}

static void
tn_document_class_init (TnDocumentClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = tn_document_get_property;
  object_class->finalize = tn_document_finalize;

  properties[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);
  properties[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, flags);
  properties[PROP_MODIFIED] = g_param_spec_boolean ("modified", NULL, NULL, FALSE, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", TN_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
tn_document_init (TnDocument *self)
{
  self->selection = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  self->generation = 1;
}

/* Takes over @graph. */
static TnDocument *
document_new (TnGraph *graph, const char *title)
{
  TnDocument *self = g_object_new (TN_TYPE_DOCUMENT, NULL);

  self->history = tn_history_new (graph);
  self->saved = tn_history_serial (self->history);
  self->title = g_strdup (title);
  return self;
}

TnDocument *
tn_document_new (void)
{
  return document_new (tn_graph_new_empty (), _ ("Untitled"));
}

TnDocument *
tn_document_new_with_rule (TnDenseInputs rule)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);

  tn_draft_set_dense_inputs (draft, rule);
  return document_new (tn_draft_finish (draft), _ ("Untitled"));
}

/* Every layer of a document has a place. Takes over @graph. */
static TnGraph *
with_places (TnGraph *graph)
{
  g_autoptr (TnGraph) original = graph;

  for (guint i = 0; i < tn_graph_size (original); i++)
    if (!tn_node_is_placed (tn_graph_node (original, i)))
      return tn_layout (original, FALSE);
  return g_steal_pointer (&original);
}

TnDocument *
tn_document_open (const char *path, GError **error)
{
  TnFormat format;
  TnGraph *graph = tn_format_read (path, &format, error);
  g_autofree char *title = NULL;
  TnDocument *self;

  if (graph == NULL)
    return NULL;
  title = g_filename_display_basename (path);
  if (format == TN_FORMAT_PICTURE)
    {
      /* Saving must not put a model in the picture's place. */
      char *dot = strrchr (title, '.');

      if (dot != NULL && dot != title)
        *dot = '\0';
      return document_new (with_places (graph), title);
    }
  self = document_new (with_places (graph), title);
  self->path = g_strdup (path);
  return self;
}

TnDocument *
tn_document_new_from_graph (const TnGraph *graph, const char *title)
{
  return document_new (with_places (tn_graph_ref (graph)), title);
}

TnDocument *
tn_document_new_recovered (const TnGraph *graph, const char *path, const char *title)
{
  TnDocument *self = document_new (with_places (tn_graph_ref (graph)), title);

  self->path = g_strdup (path);
  self->saved = 0;
  self->was_modified = TRUE;
  return self;
}

/* ---- telling ---- */

/* Emits notify for what has become another value since the last time. */
static void
notify_state (TnDocument *self)
{
  gboolean can_undo = tn_document_can_undo (self), can_redo = tn_document_can_redo (self);
  gboolean modified = tn_document_is_modified (self);

  g_object_freeze_notify (G_OBJECT (self));
  if (can_undo != self->could_undo)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_UNDO]);
  if (can_redo != self->could_redo)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_REDO]);
  if (modified != self->was_modified)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODIFIED]);
  self->could_undo = can_undo;
  self->could_redo = can_redo;
  self->was_modified = modified;
  g_object_thaw_notify (G_OBJECT (self));
}

/* The node at @index of @graph as it is in @other, or NULL: found at once where they begin alike.
 */
static const TnNode *
counterpart (const TnGraph *graph, guint index, const TnGraph *other)
{
  TnNodeId id = tn_node_id (tn_graph_node (graph, index));

  if (index < tn_graph_size (other) && tn_node_id (tn_graph_node (other, index)) == id)
    return tn_graph_node (other, index);
  return tn_graph_find (other, id);
}

static gboolean
places_differ (const TnGraph *a, const TnGraph *b)
{
  for (guint i = 0; i < tn_graph_size (b); i++)
    {
      const TnNode *now = tn_graph_node (b, i);
      const TnNode *before = counterpart (b, i, a);

      if (before != NULL && before != now
          && (tn_node_x (before) != tn_node_x (now) || tn_node_y (before) != tn_node_y (now)))
        return TRUE;
    }
  return FALSE;
}

static gboolean
openness_differs (const TnGraph *a, const TnGraph *b)
{
  for (guint i = 0; i < tn_graph_n_groups (b); i++)
    {
      const TnGroup *now = tn_graph_group (b, i);
      const TnGroup *before = tn_graph_find_group (a, tn_group_name (now));

      if (before != NULL && before != now && tn_group_is_open (before) != tn_group_is_open (now))
        return TRUE;
    }
  return FALSE;
}

/* What is another when @after follows @before. */
static TnDocumentChange
compare_graphs (const TnGraph *before, const TnGraph *after)
{
  TnDocumentChange change = 0;

  if (before == after)
    return 0;
  if (!tn_graph_same_meaning (before, after))
    change |= TN_CHANGE_GRAPH;
  if (places_differ (before, after) || openness_differs (before, after)
      || tn_graph_direction (before) != tn_graph_direction (after))
    change |= TN_CHANGE_POSITIONS;
  return change;
}

/* ---- selection ---- */

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  TnNodeId left = *(const TnNodeId *)a, right = *(const TnNodeId *)b;

  return left < right ? -1 : left > right;
}

/* The outermost closed group around @node, or NULL. */
static const TnGroup *
closed_group (const TnGraph *graph, const TnNode *node)
{
  if (tn_name_group_length (tn_node_name (node)) == 0)
    return NULL;
  /* Those that hold others come first. */
  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);

      if (!tn_group_is_open (group) && tn_group_holds (group, tn_node_name (node)))
        return group;
    }
  return NULL;
}

static void
append_members (const TnGraph *graph, const TnGroup *group, GArray *nodes)
{
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      TnNodeId id = tn_node_id (node);

      if (tn_group_holds (group, tn_node_name (node)))
        g_array_append_val (nodes, id);
    }
}

/* Makes @nodes, as far as they are in the model, the selection. TRUE when it is another one. */
static gboolean
set_selection (TnDocument *self, const TnNodeId *nodes, guint n_nodes)
{
  const TnGraph *graph = tn_document_graph (self);
  g_autoptr (GArray) next = g_array_sized_new (FALSE, FALSE, sizeof (TnNodeId), n_nodes);
  g_autoptr (GHashTable) whole = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer group;
  guint kept = 0;

  for (guint i = 0; i < n_nodes; i++)
    {
      const TnNode *node = tn_graph_find (graph, nodes[i]);
      const TnGroup *closed = node != NULL ? closed_group (graph, node) : NULL;

      if (closed != NULL)
        g_hash_table_add (whole, (gpointer)closed);
      else if (node != NULL)
        g_array_append_val (next, nodes[i]);
    }
  g_hash_table_iter_init (&iter, whole);
  while (g_hash_table_iter_next (&iter, &group, NULL))
    append_members (graph, group, next);
  g_array_sort (next, compare_ids);
  for (guint i = 0; i < next->len; i++)
    {
      TnNodeId id = g_array_index (next, TnNodeId, i);

      if (kept == 0 || g_array_index (next, TnNodeId, kept - 1) != id)
        g_array_index (next, TnNodeId, kept++) = id;
    }
  g_array_set_size (next, kept);

  if (next->len == self->selection->len
      && (kept == 0 || memcmp (next->data, self->selection->data, kept * sizeof (TnNodeId)) == 0))
    return FALSE;
  g_array_unref (self->selection);
  self->selection = g_steal_pointer (&next);
  return TRUE;
}

static gboolean
set_selection_array (TnDocument *self, const GArray *nodes)
{
  return set_selection (self, (const TnNodeId *)(gpointer)nodes->data, nodes->len);
}

const GArray *
tn_document_selection (TnDocument *self)
{
  return self->selection;
}

gboolean
tn_document_is_selected (TnDocument *self, TnNodeId node)
{
  return g_array_binary_search (self->selection, &node, compare_ids, NULL);
}

void
tn_document_select (TnDocument *self, const TnNodeId *nodes, guint n_nodes)
{
  if (set_selection (self, nodes, n_nodes))
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0, TN_CHANGE_SELECTION);
}

void
tn_document_select_one (TnDocument *self, TnNodeId node, gboolean toggle)
{
  g_autoptr (GArray) next = NULL;
  guint found;

  if (!toggle)
    {
      tn_document_select (self, &node, node == TN_NODE_NONE ? 0 : 1);
      return;
    }
  next = g_array_copy (self->selection);
  if (g_array_binary_search (next, &node, compare_ids, &found))
    {
      const TnGraph *graph = tn_document_graph (self);
      const TnNode *taken = tn_graph_find (graph, node);
      const TnGroup *closed = taken != NULL ? closed_group (graph, taken) : NULL;

      g_array_remove_index (next, found);
      for (guint i = next->len; closed != NULL && i-- > 0;)
        if (tn_group_holds (
                closed, tn_node_name (tn_graph_find (graph, g_array_index (next, TnNodeId, i)))))
          g_array_remove_index (next, i);
    }
  else
    g_array_append_val (next, node);
  tn_document_select (self, (const TnNodeId *)(gpointer)next->data, next->len);
}

const TnGroup *
tn_document_selected_group (TnDocument *self)
{
  const TnGraph *graph = tn_document_graph (self);
  const GArray *selection = self->selection;

  if (selection->len == 0)
    return NULL;
  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);
      g_autoptr (GArray) members = NULL;
      const TnNode *first = tn_graph_find (graph, g_array_index (selection, TnNodeId, 0));

      if (!tn_group_holds (group, tn_node_name (first)))
        continue;
      members = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
      append_members (graph, group, members);
      if (members->len == selection->len
          && memcmp (members->data, selection->data, members->len * sizeof (TnNodeId)) == 0)
        return group;
    }
  return NULL;
}

void
tn_document_select_group (TnDocument *self, const TnGroup *group)
{
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  g_return_if_fail (group != NULL);
  append_members (tn_document_graph (self), group, members);
  tn_document_select (self, (const TnNodeId *)(gpointer)members->data, members->len);
}

/* ---- the one door ---- */

const TnGraph *
tn_document_graph (TnDocument *self)
{
  return tn_history_graph (self->history);
}

guint64
tn_document_generation (TnDocument *self)
{
  return self->generation;
}

guint64
tn_document_new_merge (TnDocument *self)
{
  return ++self->last_merge;
}

void
tn_document_uncover (TnDocument *self, TnNodeId node)
{
  const TnNode *found = tn_graph_find (tn_document_graph (self), node);
  const TnGroup *closed;

  while (found != NULL && (closed = closed_group (tn_document_graph (self), found)) != NULL)
    {
      g_autofree char *name = g_strdup (tn_group_name (closed));
      g_autoptr (TnValue) open = tn_value_new_bool (TRUE);

      tn_document_apply (self, &tn_edit_open_group, &(TnEditArgs){ .group = name, .value = open },
                         NULL);
      found = tn_graph_find (tn_document_graph (self), node);
    }
}

/* The history shows another graph than @before: the rest of the document follows. */
static void
follow_history (TnDocument *self, const TnGraph *before, TnDocumentChange selection)
{
  TnDocumentChange change = compare_graphs (before, tn_document_graph (self)) | selection;

  self->generation++;
  notify_state (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, change);
}

/* What is selected after an edit: what it made, else what is left of what was. */
static TnDocumentChange
select_after_edit (TnDocument *self, const TnGraph *before)
{
  const TnGraph *after = tn_document_graph (self);
  g_autoptr (GArray) made = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  g_autoptr (GArray) kept = NULL;

  for (guint i = 0; i < tn_graph_size (after); i++)
    {
      TnNodeId id = tn_node_id (tn_graph_node (after, i));

      if (counterpart (after, i, before) == NULL)
        g_array_append_val (made, id);
    }
  kept = g_array_copy (self->selection);
  return set_selection_array (self, made->len > 0 ? made : kept) ? TN_CHANGE_SELECTION : 0;
}

gboolean
tn_document_apply (TnDocument *self, const TnEdit *edit, const TnEditArgs *args, TnReport *report)
{
  g_autoptr (TnGraph) before = NULL;
  g_autoptr (TnGraph) after = NULL;
  g_autofree char *subject = NULL;

  g_return_val_if_fail (TN_IS_DOCUMENT (self), FALSE);
  g_return_val_if_fail (edit != NULL && args != NULL, FALSE);
  g_return_val_if_fail (isfinite (args->x) && isfinite (args->y), FALSE);

  before = tn_graph_ref (tn_document_graph (self));
  after = edit->apply (before, args, report, &subject);
  if (after == NULL)
    return FALSE;
  after = with_places (g_steal_pointer (&after));
  if (compare_graphs (before, after) == 0)
    return TRUE;

  tn_history_set_selection (self->history, self->selection);
  tn_history_add (self->history, edit, subject, after, args->merge, self->saved);
  follow_history (self, before, select_after_edit (self, before));
  return TRUE;
}

static void
travel (TnDocument *self, int by)
{
  g_autoptr (TnGraph) before = tn_graph_ref (tn_document_graph (self));

  tn_history_set_selection (self->history, self->selection);
  tn_history_travel (self->history, by);
  follow_history (
      self, before,
      set_selection_array (self, tn_history_selection (self->history)) ? TN_CHANGE_SELECTION : 0);
}

gboolean
tn_document_can_undo (TnDocument *self)
{
  return tn_history_can_travel (self->history, -1);
}

gboolean
tn_document_can_redo (TnDocument *self)
{
  return tn_history_can_travel (self->history, 1);
}

char *
tn_document_undo_label (TnDocument *self)
{
  return tn_history_label (self->history, -1);
}

char *
tn_document_redo_label (TnDocument *self)
{
  return tn_history_label (self->history, 1);
}

void
tn_document_undo (TnDocument *self)
{
  if (tn_document_can_undo (self))
    travel (self, -1);
}

void
tn_document_redo (TnDocument *self)
{
  if (tn_document_can_redo (self))
    travel (self, 1);
}

guint
tn_document_n_steps (TnDocument *self)
{
  return tn_history_n_steps (self->history);
}

guint
tn_document_n_done (TnDocument *self)
{
  return tn_history_n_done (self->history);
}

char *
tn_document_step_label (TnDocument *self, guint number)
{
  g_return_val_if_fail (number < tn_document_n_steps (self), NULL);
  return tn_history_step_label (self->history, number);
}

void
tn_document_travel (TnDocument *self, guint n_done)
{
  g_return_if_fail (n_done <= tn_document_n_steps (self));

  if (n_done != tn_document_n_done (self))
    travel (self, (int)n_done - (int)tn_document_n_done (self));
}

/* ---- the file ---- */

const char *
tn_document_path (TnDocument *self)
{
  return self->path;
}

const char *
tn_document_title (TnDocument *self)
{
  return self->title;
}

gboolean
tn_document_is_modified (TnDocument *self)
{
  return tn_history_serial (self->history) != self->saved;
}

gboolean
tn_document_save (TnDocument *self, const char *path, GError **error)
{
  g_autofree char *target = g_strdup (path != NULL ? path : self->path);
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (target != NULL, FALSE);
  bytes = tn_format_write_tenon (tn_document_graph (self));
  if (!tn_format_save (bytes, target, error))
    return FALSE;

  self->saved = tn_history_serial (self->history);
  g_object_freeze_notify (G_OBJECT (self));
  if (g_strcmp0 (target, self->path) != 0)
    {
      g_free (self->path);
      g_free (self->title);
      self->title = g_filename_display_basename (target);
      self->path = g_steal_pointer (&target);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PATH]);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
    }
  notify_state (self);
  g_object_thaw_notify (G_OBJECT (self));
  return TRUE;
}
