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
