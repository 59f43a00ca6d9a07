/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnGroup: making, access, membership by name. */
#include "graph/tn-group-private.h"

#include <string.h>

struct _TnGroup
{
  gatomicrefcount ref_count;

  /* owned */
  char *name;
  char *type;
  TnValue *extras;
  GArray *outputs; /* of TnRef */

  gboolean open;
};

TnGroup *
tn_group_new (const char *name, const char *type, gboolean open, const TnRef *outputs,
              guint n_outputs, const TnValue *extras)
{
  TnGroup *group = g_new0 (TnGroup, 1);

  g_atomic_ref_count_init (&group->ref_count);
  group->name = g_strdup (name);
  group->type = g_strdup (type);
  group->open = open;
  group->outputs = g_array_new (FALSE, FALSE, sizeof (TnRef));
  g_array_append_vals (group->outputs, outputs, n_outputs);
  group->extras = extras != NULL ? tn_value_ref (extras) : NULL;
  return group;
}

TnGroup *
tn_group_ref (const TnGroup *group)
{
  TnGroup *self = (TnGroup *)group;

  g_return_val_if_fail (group != NULL, NULL);
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tn_group_unref (TnGroup *group)
{
  if (group == NULL || !g_atomic_ref_count_dec (&group->ref_count))
    return;
  g_free (group->name);
  g_free (group->type);
  g_array_unref (group->outputs);
  tn_value_unref (group->extras);
  g_free (group);
}

const char *
tn_group_name (const TnGroup *group)
{
  return group->name;
}

const char *
tn_group_type (const TnGroup *group)
{
  return group->type;
}

gboolean
tn_group_is_open (const TnGroup *group)
{
  return group->open;
}

const TnRef *
tn_group_outputs (const TnGroup *group, guint *n_outputs)
{
  *n_outputs = group->outputs->len;
  return (const TnRef *)(gpointer)group->outputs->data;
}

const TnValue *
tn_group_extras (const TnGroup *group)
{
  return group->extras;
}

gboolean
tn_group_holds (const TnGroup *group, const char *name)
{
  gsize length = strlen (group->name);

  return strncmp (name, group->name, length) == 0 && name[length] == '/';
}

gboolean
tn_group_equal (const TnGroup *a, const TnGroup *b)
{
  if (a == b)
    return TRUE;
  if (strcmp (a->name, b->name) != 0 || strcmp (a->type, b->type) != 0
      || a->outputs->len != b->outputs->len || !tn_value_equal (a->extras, b->extras))
    return FALSE;
  for (guint i = 0; i < a->outputs->len; i++)
    if (!tn_ref_equal (g_array_index (a->outputs, TnRef, i), g_array_index (b->outputs, TnRef, i)))
      return FALSE;
  return TRUE;
}

const char *
tn_name_own (const char *name)
{
  const char *slash = strrchr (name, '/');

  return slash != NULL ? slash + 1 : name;
}

gsize
tn_name_group_length (const char *name)
{
  const char *slash = strrchr (name, '/');

  return slash != NULL ? (gsize)(slash - name) : 0;
}
