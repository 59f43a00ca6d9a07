/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of what is being built. */
#include <string.h>

#include "base/tn-i18n.h"
#include "graph/tn-draft-private.h"
#include "graph/tn-group-private.h"

static int
group_index (const TnDraft *draft, const char *name)
{
  const GPtrArray *groups = draft->model.groups;

  for (guint i = 0; groups != NULL && i < groups->len; i++)
    if (strcmp (tn_group_name (groups->pdata[i]), name) == 0)
      return (int)i;
  return -1;
}

const TnGroup *
tn_draft_find_group (const TnDraft *draft, const char *name)
{
  int index = group_index (draft, name);

  return index >= 0 ? draft->model.groups->pdata[index] : NULL;
}

static void
put_group (TnDraft *draft, int index, TnGroup *group)
{
  if (index < 0)
    {
      tn_model_add_group (&draft->model, group);
      return;
    }
  tn_group_unref (draft->model.groups->pdata[index]);
  draft->model.groups->pdata[index] = group;
}

gboolean
tn_draft_set_group (TnDraft *draft, const char *name, const char *type, const TnRef *outputs,
                    guint n_outputs, const TnValue *extras, TnReport *report)
{
  int index = group_index (draft, name);
  gsize length = tn_name_group_length (name);
  g_autofree char *outer = g_strndup (name, length);
  gboolean open = index < 0 || tn_group_is_open (draft->model.groups->pdata[index]);

  if (tn_name_own (name)[0] == '\0' || (length > 0 && group_index (draft, outer) < 0))
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "name", TN_NODE_NONE,
                     _ ("“%s” cannot be the name of a group."), name);
      return FALSE;
    }
  if (tn_draft_find_name (draft, name) != NULL)
    {
      tn_report_add (report, TN_SEVERITY_ERROR, "name", TN_NODE_NONE,
                     _ ("There already is a layer called “%s”."), name);
      return FALSE;
    }
  put_group (draft, index, tn_group_new (name, type, open, outputs, n_outputs, extras));
  return TRUE;
}

void
tn_draft_open_group (TnDraft *draft, const char *name, gboolean open)
{
  int index = group_index (draft, name);
  const TnGroup *group;
  guint n_outputs;
  const TnRef *outputs;

  g_return_if_fail (index >= 0);
  group = draft->model.groups->pdata[index];
  if (tn_group_is_open (group) == !!open)
    return;
  outputs = tn_group_outputs (group, &n_outputs);
  put_group (draft, index,
             tn_group_new (name, tn_group_type (group), !!open, outputs, n_outputs,
                           tn_group_extras (group)));
}

void
tn_draft_remove_group (TnDraft *draft, const char *name)
{
  int index = group_index (draft, name);

  if (index < 0)
    return;
  g_ptr_array_remove_index (draft->model.groups, (guint)index);
  if (draft->model.groups->len == 0)
    g_clear_pointer (&draft->model.groups, g_ptr_array_unref);
}

void
tn_draft_forget_in_groups (TnDraft *draft, TnNodeId id)
{
  for (guint i = 0; draft->model.groups != NULL && i < draft->model.groups->len; i++)
    {
      const TnGroup *group = draft->model.groups->pdata[i];
      guint n_outputs;
      const TnRef *outputs = tn_group_outputs (group, &n_outputs);
      g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (TnRef));

      for (guint j = 0; j < n_outputs; j++)
        if (outputs[j].node != id)
          g_array_append_val (kept, outputs[j]);
      if (kept->len < n_outputs)
        put_group (draft, (int)i,
                   tn_group_new (tn_group_name (group), tn_group_type (group),
                                 tn_group_is_open (group), (TnRef *)(gpointer)kept->data, kept->len,
                                 tn_group_extras (group)));
    }
}

void
tn_draft_drop_empty_groups (TnDraft *draft)
{
  for (guint i = draft->model.groups != NULL ? draft->model.groups->len : 0; i-- > 0;)
    {
      const TnGroup *group = draft->model.groups->pdata[i];
      gboolean held = FALSE;

      for (guint j = 0; j < tn_draft_size (draft) && !held; j++)
        held = tn_group_holds (group, tn_node_name (tn_draft_node (draft, j)));
      if (!held)
        {
          g_autofree char *name = g_strdup (tn_group_name (group));

          tn_draft_remove_group (draft, name);
        }
    }
}

guint
tn_draft_group_calls (const TnDraft *draft, const char *name)
{
  for (guint i = 0; i < tn_draft_size (draft); i++)
    {
      const TnNode *node = tn_draft_node (draft, i);
      gsize length = tn_name_group_length (tn_node_name (node));

      if (tn_node_schema (node)->boundary && strlen (name) == length
          && strncmp (tn_node_name (node), name, length) == 0)
        return tn_node_n_calls (node);
    }
  return 0;
}

char *
tn_draft_free_name (const TnDraft *draft, const char *group, const char *own)
{
  const char *outer = group != NULL ? group : "";
  const char *between = outer[0] != '\0' ? "/" : "";
  char *name = g_strconcat (outer, between, own, NULL);

  for (guint number = 1; tn_draft_find_name (draft, name) != NULL || group_index (draft, name) >= 0;
       number++)
    {
      g_free (name);
      name = g_strdup_printf ("%s%s%s_%u", outer, between, own, number);
    }
  return name;
}

void
tn_draft_put_into (TnDraft *draft, TnNodeId id, const char *group)
{
  const TnNode *node = tn_draft_find (draft, id);
  g_autofree char *name = NULL;
  gsize length;

  g_return_if_fail (node != NULL);
  g_return_if_fail (group == NULL || group[0] == '\0' || group_index (draft, group) >= 0);
  length = tn_name_group_length (tn_node_name (node));
  if (length == (group != NULL ? strlen (group) : 0)
      && strncmp (tn_node_name (node), group != NULL ? group : "", length) == 0)
    return;
  name = tn_draft_free_name (draft, group, tn_name_own (tn_node_name (node)));
  tn_draft_rename_node (draft, id, name);
}

void
tn_draft_move_group (TnDraft *draft, const char *name, const char *to)
{
  gsize length = strlen (name);
  g_autofree char *from = g_strdup (name);
  g_autoptr (GPtrArray) moved = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_group_unref);

  g_return_if_fail (group_index (draft, name) >= 0);
  for (guint i = 0; i < draft->model.groups->len; i++)
    {
      const TnGroup *group = draft->model.groups->pdata[i];

      if (strcmp (tn_group_name (group), from) == 0
          || g_str_has_prefix (tn_group_name (group), from))
        if (tn_group_name (group)[length] == '\0' || tn_group_name (group)[length] == '/')
          g_ptr_array_add (moved, tn_group_ref (group));
    }
  for (guint i = 0; i < moved->len; i++)
    {
      const TnGroup *group = moved->pdata[i];
      g_autofree char *path = g_strconcat (to, tn_group_name (group) + length, NULL);
      guint n_outputs;
      const TnRef *outputs = tn_group_outputs (group, &n_outputs);

      tn_draft_remove_group (draft, tn_group_name (group));
      tn_model_add_group (&draft->model,
                          tn_group_new (path, tn_group_type (group), tn_group_is_open (group),
                                        outputs, n_outputs, tn_group_extras (group)));
    }
  for (guint i = 0; i < tn_draft_size (draft); i++)
    {
      const TnNode *node = tn_draft_node (draft, i);

      if (tn_group_holds (moved->pdata[0], tn_node_name (node)))
        {
          g_autofree char *path = g_strconcat (to, tn_node_name (node) + length, NULL);

          tn_draft_rename_node (draft, tn_node_id (node), path);
        }
    }
}
