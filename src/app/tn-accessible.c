/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names, for assistive technology, of what GTK's own widgets are made of. */
#include "app/tn-accessible.h"

static void
name (GtkWidget *widget, const char *text)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

void
tn_accessible_name_parts (GtkWidget *widget, const char *text)
{
  g_return_if_fail (GTK_IS_WIDGET (widget) && text != NULL);

  for (GtkWidget *part = gtk_widget_get_first_child (widget); part != NULL;
       part = gtk_widget_get_next_sibling (part))
    {
      if (GTK_IS_POPOVER (part))
        continue;
      if (gtk_widget_get_focusable (part))
        name (part, text);
      /* Rows of a list say what they are themselves. */
      if (!gtk_widget_get_focusable (part) || GTK_IS_BUTTON (part))
        tn_accessible_name_parts (part, text);
    }
}

void
tn_accessible_name_row (GtkListItem *item, const char *text)
{
  GtkWidget *row;

  g_return_if_fail (GTK_IS_LIST_ITEM (item) && text != NULL);

  /* A table's cell is in one widget more. */
  row = gtk_list_item_get_child (item);
  do
    row = row != NULL ? gtk_widget_get_parent (row) : NULL;
  while (row != NULL && !gtk_widget_get_focusable (row));
  if (row != NULL)
    name (row, text);
}

/* "_Run" without what marks its letter; two underscores are one. New string. */
static char *
without_mnemonic (const char *label)
{
  GString *text = g_string_new (NULL);

  for (const char *at = label; *at != '\0'; at++)
    if (*at != '_' || *++at != '\0')
      g_string_append_c (text, *at);
    else
      break;
  return g_string_free (text, FALSE);
}

void
tn_accessible_name_mnemonics (GtkWidget *root)
{
  g_return_if_fail (GTK_IS_WIDGET (root));

  if (GTK_IS_BUTTON (root) && gtk_button_get_use_underline (GTK_BUTTON (root))
      && gtk_button_get_label (GTK_BUTTON (root)) != NULL)
    {
      g_autofree char *name = without_mnemonic (gtk_button_get_label (GTK_BUTTON (root)));

      gtk_accessible_reset_relation (GTK_ACCESSIBLE (root), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
      gtk_accessible_update_property (GTK_ACCESSIBLE (root), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                      -1);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    tn_accessible_name_mnemonics (child);
}
