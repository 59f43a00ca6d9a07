/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What letting go would do to the model: found out, told and drawn before it is done. */
#include "app/tn-outlook.h"

#include "base/tn-i18n.h"
#include "scene/tn-preview.h"

/* Models of so many layers are inferred at once, a few milliseconds at most; larger ones in the
 * background. */
#define MOST_AT_ONCE 3000

void
tn_outlook_clear (TnOutlook *self)
{
  g_clear_pointer (&self->forecast, tn_forecast_free);
  g_clear_pointer (&self->facts, tn_facts_unref);
  g_clear_pointer (&self->graph, tn_graph_unref);
}

static void
forecast_cb (TnForecast *forecast, const TnFacts *facts, gpointer data)
{
  TnOutlook *self = data;

  self->facts = tn_facts_ref (facts);
  g_clear_pointer (&self->forecast, tn_forecast_free);
  self->known (self->data);
  tn_canvas_queue_overlay (self->canvas);
}

void
tn_outlook_set (TnOutlook *self, TnCanvas *canvas, TnGraph *graph, void (*known) (gpointer data),
                gpointer data)
{
  tn_outlook_clear (self);
  self->canvas = canvas;
  self->graph = graph;
  self->known = known;
  self->data = data;
  if (graph != NULL && tn_graph_size (graph) <= MOST_AT_ONCE)
    self->facts = tn_infer (graph, canvas->facts, NULL);
  else if (graph != NULL)
    self->forecast = tn_forecast_new (graph, canvas->facts, forecast_cb, self);
}

void
tn_outlook_move (TnOutlook *self, TnGraph *graph)
{
  g_return_if_fail (self->graph != NULL && graph != NULL);

  tn_graph_unref (self->graph);
  self->graph = graph;
}

/* ---- telling ---- */

static int
badness (const TnIssue *issue)
{
  if (issue == NULL)
    return 0;
  return issue->severity == TN_SEVERITY_WARNING ? 1 : issue->severity == TN_SEVERITY_ERROR ? 3 : 2;
}

static gboolean
is_end (const TnIssue *issue, const TnNodeId *ends, guint n_ends)
{
  for (guint i = 0; issue != NULL && i < n_ends; i++)
    if (issue->node == ends[i])
      return TRUE;
  return FALSE;
}

/* What would be worse than it is: the worst of it, that at the ends first, and how many layers
 * have something that is as bad. NULL: nothing. */
static const TnIssue *
worst_news (const TnOutlook *self, const TnNodeId *ends, guint n_ends, guint *n_layers)
{
  const TnFacts *before = self->canvas->facts;
  g_autoptr (GHashTable) known = g_hash_table_new (NULL, NULL);
  const TnIssue *worst = NULL;
  guint n = 0;

  for (guint i = 0; before != NULL && i < tn_facts_n_issues (before); i++)
    {
      const TnIssue *issue = tn_facts_issue (before, i);
      gpointer key = GUINT_TO_POINTER (issue->node);
      int bad = MAX (badness (issue), GPOINTER_TO_INT (g_hash_table_lookup (known, key)));

      g_hash_table_insert (known, key, GINT_TO_POINTER (bad));
    }
  for (guint i = 0; i < tn_facts_n_issues (self->facts); i++)
    {
      const TnIssue *issue = tn_facts_issue (self->facts, i);
      gpointer key = GUINT_TO_POINTER (issue->node);
      const gboolean at_end = is_end (issue, ends, n_ends);
      int then = GPOINTER_TO_INT (g_hash_table_lookup (known, key));

      /* At an end itself a fault of the same kind may well be another one. */
      if (badness (issue) <= then && (!at_end || badness (issue) < 2))
        continue;
      n += badness (issue) > 1 && !at_end;
      if (badness (issue) > badness (worst)
          || (badness (issue) == badness (worst) && at_end && !is_end (worst, ends, n_ends)))
        worst = issue;
    }
  *n_layers = badness (worst) > 1 && !is_end (worst, ends, n_ends) ? n - 1 : n;
  return worst;
}

void
tn_outlook_append_line (GString *text, const char *line)
{
  if (line != NULL && *line != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
}

TnColor
tn_outlook_tell (const TnOutlook *self, const TnNodeId *ends, guint n_ends, GString *text)
{
  const TnStyle *style = self->canvas->style;
  const TnIssue *news = NULL;
  guint n_more = 0;

  if (self->facts != NULL)
    news = worst_news (self, ends, n_ends, &n_more);
  if (news != NULL)
    tn_outlook_append_line (text, news->message);
  if (n_more > 0)
    {
      g_autofree char *line
          = g_strdup_printf (ngettext ("%u further layer would no longer fit.",
                                       "%u further layers would no longer fit.", n_more),
                             n_more);

      tn_outlook_append_line (text, line);
    }
  return news == NULL ? style->accept : badness (news) > 1 ? style->error : style->warning_mark;
}

void
tn_outlook_draw (const TnOutlook *self, cairo_t *cr, gboolean held)
{
  if (self->graph != NULL && self->facts != NULL)
    tn_scene_draw_preview (self->canvas->scene, self->graph, self->facts, cr,
                           tn_viewport_visible (&self->canvas->viewport), held);
}
